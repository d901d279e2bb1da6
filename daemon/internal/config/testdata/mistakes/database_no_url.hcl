database_url = "/var/lib/reportsync/reportsync.db"
