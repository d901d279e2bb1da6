# duplicate_rule "d": match names at least one field
object "Contact" {
  duplicate_rule "d" {
    match  = []
    action = "block"
  }
}
