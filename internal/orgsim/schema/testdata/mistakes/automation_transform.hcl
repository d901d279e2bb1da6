# automation "a": transform is one of upper, lower, trim, now, not "reverse"
object "Contact" {
  automation "a" {
    field     = "Title"
    transform = "reverse"
  }
}
