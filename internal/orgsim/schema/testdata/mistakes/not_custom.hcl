# a custom field's API name ends in __c
object "Contact" {
  field "Nickname" {
    type = "text"
  }
}
