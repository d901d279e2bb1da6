# rule_field_unknown.hcl:3,3: object Contact: validation_rule "v": the object has no field "Nope"
object "Contact" {
  validation_rule "v" {
    when    = "Title = null"
    message = "m"
    field   = "Nope"
  }
}
