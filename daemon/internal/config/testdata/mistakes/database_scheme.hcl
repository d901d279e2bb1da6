database_url = "postgress://reportsync:hunter2@db.example.com/reportsync"
