# automation "a": on lists "create" and "update", not "delete"
object "Contact" {
  automation "a" {
    on    = ["delete"]
    field = "Title"
    set   = "x"
  }
}
