listen              = "0.0.0.0:8627"
state_dir           = "/var/lib/reportsync"
database_url        = "postgres://reportsync:secret@db.example.com/reportsync?sslmode=verify-full"
artifacts_url       = "s3://acme-reportsync?region=eu-central-1&prefix=prod/"
scratch_dir         = "../scratch"
encryption_key_file = "keys/encryption.key"
file_roots          = ["/srv/reports", "drop/../exports"]
retention_days      = 30

log {
  level  = "debug"
  format = "json"
}

tls {
  cert_file = "/etc/reportsync/cert.pem"
  key_file  = "key.pem"
}
parallel_runs = 16
