# automation "a": give either set or transform
object "Contact" {
  automation "a" {
    field     = "Title"
    set       = "x"
    transform = "upper"
  }
}
