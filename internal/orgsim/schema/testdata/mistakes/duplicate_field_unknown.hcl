# duplicate_rule "d": the object has no field "Mail"
object "Contact" {
  duplicate_rule "d" {
    match  = ["Mail"]
    action = "block"
  }
}
