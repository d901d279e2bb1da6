logs {
  level = "info"
}
