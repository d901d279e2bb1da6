# external_ids.hcl:103,3: object Contact: field "X25__c": an object has 25 external ids at most
object "Contact" {
  field "X0__c" {
    type        = "text"
    external_id = true
  }
  field "X1__c" {
    type        = "text"
    external_id = true
  }
  field "X2__c" {
    type        = "text"
    external_id = true
  }
  field "X3__c" {
    type        = "text"
    external_id = true
  }
  field "X4__c" {
    type        = "text"
    external_id = true
  }
  field "X5__c" {
    type        = "text"
    external_id = true
  }
  field "X6__c" {
    type        = "text"
    external_id = true
  }
  field "X7__c" {
    type        = "text"
    external_id = true
  }
  field "X8__c" {
    type        = "text"
    external_id = true
  }
  field "X9__c" {
    type        = "text"
    external_id = true
  }
  field "X10__c" {
    type        = "text"
    external_id = true
  }
  field "X11__c" {
    type        = "text"
    external_id = true
  }
  field "X12__c" {
    type        = "text"
    external_id = true
  }
  field "X13__c" {
    type        = "text"
    external_id = true
  }
  field "X14__c" {
    type        = "text"
    external_id = true
  }
  field "X15__c" {
    type        = "text"
    external_id = true
  }
  field "X16__c" {
    type        = "text"
    external_id = true
  }
  field "X17__c" {
    type        = "text"
    external_id = true
  }
  field "X18__c" {
    type        = "text"
    external_id = true
  }
  field "X19__c" {
    type        = "text"
    external_id = true
  }
  field "X20__c" {
    type        = "text"
    external_id = true
  }
  field "X21__c" {
    type        = "text"
    external_id = true
  }
  field "X22__c" {
    type        = "text"
    external_id = true
  }
  field "X23__c" {
    type        = "text"
    external_id = true
  }
  field "X24__c" {
    type        = "text"
    external_id = true
  }
  field "X25__c" {
    type        = "text"
    external_id = true
  }
}
