# A store of our own.
artifacts_url = "s3://evidence?endpoint=http://minio.example.com:9000"
