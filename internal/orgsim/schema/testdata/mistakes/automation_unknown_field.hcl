# automation "a": the object has no field "Nope"
object "Contact" {
  automation "a" {
    field = "Nope"
    set   = "x"
  }
}
