listen         = "nowhere"
retention_days = 9999

log {
  level = "loud"
}
