# label_control.hcl:3,3: object Contact: field "X__c": the label "a\x00b" holds a control character
object "Contact" {
  field "X__c" {
    type  = "text"
    label = "a\u0000b"
  }
}
