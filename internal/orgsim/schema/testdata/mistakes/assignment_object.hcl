# object Contact: assignment_rule "r": only Case and Lead have assignment rules
object "Contact" {
  assignment_rule "r" {
    owner = "a"
  }
}
