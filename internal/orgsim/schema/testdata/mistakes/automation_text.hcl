# automation "a": transform "upper" is of text, and field Birthdate is of type date
object "Contact" {
  automation "a" {
    field     = "Birthdate"
    transform = "upper"
  }
}
