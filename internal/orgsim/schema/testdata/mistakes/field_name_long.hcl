# field_name_long.hcl:3,3: object Contact: field "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN__c": the API name has 41 characters
object "Contact" {
  field "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN__c" {
    type = "text"
  }
}
