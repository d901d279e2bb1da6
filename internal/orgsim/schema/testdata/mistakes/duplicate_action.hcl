# duplicate_rule "d": action is "alert" or "block", not "warn"
object "Contact" {
  duplicate_rule "d" {
    match  = ["Email"]
    action = "warn"
  }
}
