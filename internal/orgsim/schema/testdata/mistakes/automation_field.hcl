# automation "a": field AccountId is not one that automations set
object "Contact" {
  automation "a" {
    field = "AccountId"
    set   = "x"
  }
}
