terraform {
  required_version = ">= 1.11"
  required_providers {
    reportsync = { source = "reportsync/reportsync" }
  }
}

provider "reportsync" {
  endpoint   = "http://127.0.0.1:8627"           # or REPORTSYNC_ENDPOINT
  token_file = "/var/lib/reportsync/admin.token" # or token, or REPORTSYNC_TOKEN
}
