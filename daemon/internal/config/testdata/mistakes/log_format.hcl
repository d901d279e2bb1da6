log {
  format = "jsn"
}
