# label_long.hcl:3,3: object Contact: field "X__c": the label has 41 characters, and may have 40
object "Contact" {
  field "X__c" {
    type  = "text"
    label = "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"
  }
}
