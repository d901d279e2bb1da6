# rule_without_message.hcl:3,3: object Contact: validation_rule "v": when and message must not be empty
object "Contact" {
  validation_rule "v" {
    when    = "Title = null"
    message = ""
  }
}
