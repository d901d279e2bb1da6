listen    = "127.0.0.1:0"
statedir = "/var/lib/reportsync"
