# duplicate_rule "d": field Description cannot be matched by
object "Contact" {
  duplicate_rule "d" {
    match  = ["Description"]
    action = "block"
  }
}
