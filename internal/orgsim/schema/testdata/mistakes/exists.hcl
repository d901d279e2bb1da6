# object Contact: field email exists already
object "Contact" {
  field "email" {
    type = "email"
  }
}
