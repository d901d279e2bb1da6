# rule_without_when.hcl:3,23
object "Contact" {
  validation_rule "v" {
    message = "m"
  }
}
