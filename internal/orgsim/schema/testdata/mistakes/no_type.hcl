# no_type.hcl:3,16-16: Missing required argument
object "Contact" {
  field "X__c" {

  }
}
