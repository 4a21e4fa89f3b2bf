//! The table of types. Sources of the names: the `DataIdentifier` enumeration of the AWS CDK (CloudWatch Logs data
//! protection) and <https://docs.aws.amazon.com/macie/latest/user/mdis-reference-quick.html> (Macie).

use super::kind::Kind;
use crate::types::Data;

macro_rules! kinds {
    ($($id:ident $data:ident [$($cloudwatch:literal)*] [$($macie:literal)*];)*) => {
        $(pub(super) const $id: &Kind = &Kind {
            id: stringify!($id),
            data: Data::$data,
            cloudwatch: &[$($cloudwatch),*],
            macie: &[$($macie),*],
        };)*
        pub(super) const KINDS: &[&Kind] = &[$($id),*];
    };
}

kinds! {
    // Contact and person.
    PERSON_NAME Pii ["Name"] ["NAME"];
    EMAIL Pii ["EmailAddress"] ["EMAIL_ADDRESS"];
    PHONE Pii [
        "PhoneNumber-BR" "PhoneNumber-DE" "PhoneNumber-ES" "PhoneNumber-FR" "PhoneNumber-GB" "PhoneNumber-IT"
        "PhoneNumber-US"
    ] [
        "PHONE_NUMBER" "BRAZIL_PHONE_NUMBER" "FRANCE_PHONE_NUMBER" "GERMANY_PHONE_NUMBER" "ITALY_PHONE_NUMBER"
        "SPAIN_PHONE_NUMBER" "UK_PHONE_NUMBER"
    ];
    ADDRESS Pii ["Address"] ["ADDRESS"];
    POSTCODE Pii ["ZipCode-US" "PostalCode-CA" "CepCode-BR"] ["BRAZIL_CEP_CODE"];
    DATE_OF_BIRTH Pii [] ["DATE_OF_BIRTH"];
    LATITUDE_LONGITUDE Pii ["LatLong"] ["LATITUDE_LONGITUDE"];
    IP_ADDRESS Pii ["IpAddress"] [];
    MAC_ADDRESS Pii [] [];
    IMEI Pii [] [];
    VIN Pii ["VehicleIdentificationNumber"] ["VEHICLE_IDENTIFICATION_NUMBER"];
    LICENSE_PLATE Pii [] [];
    // Identity documents.
    PASSPORT Pii [
        "PassportNumber-CA" "PassportNumber-DE" "PassportNumber-ES" "PassportNumber-FR" "PassportNumber-GB"
        "PassportNumber-IT" "PassportNumber-US"
    ] [
        "CANADA_PASSPORT_NUMBER" "FRANCE_PASSPORT_NUMBER" "GERMANY_PASSPORT_NUMBER" "ITALY_PASSPORT_NUMBER"
        "SPAIN_PASSPORT_NUMBER" "UK_PASSPORT_NUMBER" "USA_PASSPORT_NUMBER"
    ];
    DRIVER_LICENSE Pii [
        "DriversLicense-AT" "DriversLicense-AU" "DriversLicense-BE" "DriversLicense-BG" "DriversLicense-CA"
        "DriversLicense-CY" "DriversLicense-CZ" "DriversLicense-DE" "DriversLicense-DK" "DriversLicense-EE"
        "DriversLicense-ES" "DriversLicense-FI" "DriversLicense-FR" "DriversLicense-GB" "DriversLicense-GR"
        "DriversLicense-HR" "DriversLicense-HU" "DriversLicense-IE" "DriversLicense-IT" "DriversLicense-LT"
        "DriversLicense-LU" "DriversLicense-LV" "DriversLicense-MT" "DriversLicense-NL" "DriversLicense-PL"
        "DriversLicense-PT" "DriversLicense-RO" "DriversLicense-SE" "DriversLicense-SI" "DriversLicense-SK"
        "DriversLicense-US"
    ] [
        "DRIVERS_LICENSE" "AUSTRALIA_DRIVERS_LICENSE" "AUSTRIA_DRIVERS_LICENSE" "BELGIUM_DRIVERS_LICENSE"
        "BULGARIA_DRIVERS_LICENSE" "CANADA_DRIVERS_LICENSE" "CROATIA_DRIVERS_LICENSE" "CYPRUS_DRIVERS_LICENSE"
        "CZECHIA_DRIVERS_LICENSE" "DENMARK_DRIVERS_LICENSE" "ESTONIA_DRIVERS_LICENSE" "FINLAND_DRIVERS_LICENSE"
        "FRANCE_DRIVERS_LICENSE" "GERMANY_DRIVERS_LICENSE" "GREECE_DRIVERS_LICENSE" "HUNGARY_DRIVERS_LICENSE"
        "INDIA_DRIVERS_LICENSE" "IRELAND_DRIVERS_LICENSE" "ITALY_DRIVERS_LICENSE" "LATVIA_DRIVERS_LICENSE"
        "LITHUANIA_DRIVERS_LICENSE" "LUXEMBOURG_DRIVERS_LICENSE" "MALTA_DRIVERS_LICENSE"
        "NETHERLANDS_DRIVERS_LICENSE" "POLAND_DRIVERS_LICENSE" "PORTUGAL_DRIVERS_LICENSE" "ROMANIA_DRIVERS_LICENSE"
        "SLOVAKIA_DRIVERS_LICENSE" "SLOVENIA_DRIVERS_LICENSE" "SPAIN_DRIVERS_LICENSE" "SWEDEN_DRIVERS_LICENSE"
        "UK_DRIVERS_LICENSE"
    ];
    NATIONAL_ID Pii ["NationalIdentificationNumber-DE"] ["GERMANY_NATIONAL_IDENTIFICATION_NUMBER"];
    TAX_ID Pii ["TaxId-GB"] ["UK_TAX_IDENTIFICATION_NUMBER"];
    US_SSN Pii ["Ssn-US"] ["USA_SOCIAL_SECURITY_NUMBER"];
    US_ITIN Pii ["IndividualTaxIdentificationNumber-US"] ["USA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"];
    US_EIN Pii [] [];
    UK_NINO Pii ["NationalInsuranceNumber-GB"] ["UK_NATIONAL_INSURANCE_NUMBER"];
    UK_UTR Pii [] [];
    UK_ELECTORAL_ROLL Pii ["ElectoralRollNumber-GB"] ["UK_ELECTORAL_ROLL_NUMBER"];
    IN_AADHAAR Pii [] ["INDIA_AADHAAR_NUMBER"];
    IN_PAN Pii [] ["INDIA_PERMANENT_ACCOUNT_NUMBER"];
    IN_VOTER_ID Pii [] [];
    IN_GSTIN Pii [] [];
    BR_CPF Pii ["CpfCode-BR"] ["BRAZIL_CPF_NUMBER"];
    BR_CNPJ Pii ["Cnpj-BR"] ["BRAZIL_CNPJ_NUMBER"];
    BR_RG Pii ["RgNumber-BR"] ["BRAZIL_RG_NUMBER"];
    CA_SIN Pii ["SocialInsuranceNumber-CA"] ["CANADA_SOCIAL_INSURANCE_NUMBER"];
    CA_PERMANENT_RESIDENCE Pii ["PermanentResidenceNumber-CA"] ["CANADA_NATIONAL_IDENTIFICATION_NUMBER"];
    AU_TFN Pii [] ["AUSTRALIA_TAX_FILE_NUMBER"];
    AU_ABN Pii [] [];
    NZ_IRD Pii [] [];
    FR_NIR Pii ["InseeCode-FR"] ["FRANCE_NATIONAL_IDENTIFICATION_NUMBER"];
    FR_TAX_ID Pii ["TaxId-FR"] ["FRANCE_TAX_IDENTIFICATION_NUMBER"];
    ES_DNI Pii [
        "NationalIdentificationNumber-ES" "NifNumber-ES" "TaxId-ES"
    ] [
        "SPAIN_DNI_NUMBER" "SPAIN_NIF_NUMBER" "SPAIN_TAX_IDENTIFICATION_NUMBER"
    ];
    ES_NIE Pii ["NieNumber-ES"] ["SPAIN_NIE_NUMBER"];
    ES_SSN Pii ["Ssn-ES"] ["SPAIN_SOCIAL_SECURITY_NUMBER"];
    IT_CODICE_FISCALE Pii ["NationalIdentificationNumber-IT"] ["ITALY_NATIONAL_IDENTIFICATION_NUMBER"];
    IT_PARTITA_IVA Pii [] [];
    PT_NIF Pii [] [];
    NL_BSN Pii [] [];
    BE_NATIONAL_NUMBER Pii [] [];
    DE_TAX_ID Pii ["TaxId-DE"] ["GERMANY_TAX_IDENTIFICATION_NUMBER"];
    DE_SOCIAL_INSURANCE Pii [] [];
    AT_SOCIAL_INSURANCE Pii [] [];
    CH_AHV Pii [] [];
    IE_PPS Pii [] [];
    PL_PESEL Pii [] [];
    PL_NIP Pii [] [];
    CZ_BIRTH_NUMBER Pii [] [];
    HU_TAX_ID Pii [] [];
    RO_CNP Pii [] [];
    BG_EGN Pii [] [];
    GR_AFM Pii [] [];
    HR_OIB Pii [] [];
    SI_EMSO Pii [] [];
    LT_LV_EE_PERSONAL_CODE Pii [] [];
    SE_PERSONNUMMER Pii [] [];
    DK_CPR Pii [] [];
    NO_FODSELSNUMMER Pii [] [];
    FI_HETU Pii [] [];
    TR_TCKN Pii [] [];
    IL_ID Pii [] [];
    ZA_ID Pii [] [];
    MX_CURP Pii [] ["MEXICO_CURP_NUMBER"];
    MX_RFC Pii [] ["MEXICO_INDIVIDUAL_RFC_NUMBER" "MEXICO_ORGANIZATION_RFC_NUMBER"];
    AR_DNI Pii [] ["ARGENTINA_DNI_NUMBER"];
    AR_CUIT Pii [
    ] [
        "ARGENTINA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER" "ARGENTINA_ORGANIZATION_TAX_IDENTIFICATION_NUMBER"
    ];
    AR_SUBE Pii [] ["ARGENTINA_TARJETA_SUBE"];
    CL_RUT Pii [] ["CHILE_RUT_NUMBER"];
    CO_CEDULA Pii [] ["COLOMBIA_CITIZENSHIP_CARD_NUMBER"];
    CO_NIT Pii [] ["COLOMBIA_INDIVIDUAL_NIT_NUMBER" "COLOMBIA_ORGANIZATION_NIT_NUMBER"];
    SG_NRIC Pii [] [];
    JP_MY_NUMBER Pii [] [];
    KR_RRN Pii [] [];
    CN_RESIDENT_ID Pii [] [];
    TW_ID Pii [] [];
    HK_ID Pii [] [];
    MY_NRIC Pii [] [];
    TH_ID Pii [] [];
    ID_NIK Pii [] [];
    // Health.
    UK_NHS Health ["NhsNumber-GB"] ["UK_NHS_NUMBER"];
    US_MBI Health ["MedicareBeneficiaryNumber-US"] ["USA_MEDICARE_BENEFICIARY_IDENTIFIER"];
    US_HICN Health ["HealthInsuranceClaimNumber-US"] ["USA_HEALTH_INSURANCE_CLAIM_NUMBER"];
    US_NPI Health ["NationalProviderId-US"] ["USA_NATIONAL_PROVIDER_IDENTIFIER"];
    US_DEA Health ["DrugEnforcementAgencyNumber-US"] ["US_DRUG_ENFORCEMENT_AGENCY_NUMBER"];
    US_NDC Health ["NationalDrugCode-US"] ["USA_NATIONAL_DRUG_CODE"];
    US_HCPCS Health ["HealthcareProcedureCode-US"] ["USA_HEALTHCARE_PROCEDURE_CODE"];
    CA_HEALTH_NUMBER Health ["PersonalHealthNumber-CA"] ["CANADA_HEALTH_NUMBER"];
    EU_HEALTH_CARD Health [
        "HealthInsuranceCardNumber-EU" "HealthInsuranceNumber-FR"
    ] [
        "EUROPEAN_HEALTH_INSURANCE_CARD_NUMBER" "FINLAND_EUROPEAN_HEALTH_INSURANCE_NUMBER"
        "FRANCE_HEALTH_INSURANCE_NUMBER"
    ];
    AU_MEDICARE Health [] [];
    MEDICAL_RECORD_NUMBER Health [] [];
    HEALTH_INSURANCE_ID Health [] [];
    MEDICAL_DEVICE_UDI Health [] ["MEDICAL_DEVICE_UDI"];
    // Money.
    CREDIT_CARD Financial [
        "CreditCardNumber"
    ] [
        "CREDIT_CARD_NUMBER" "CREDIT_CARD_NUMBER_(NO_KEYWORD)" "CREDIT_CARD_MAGNETIC_STRIPE"
    ];
    CARD_CVV Financial ["CreditCardSecurityCode"] ["CREDIT_CARD_SECURITY_CODE"];
    CARD_EXPIRATION Financial ["CreditCardExpiration"] ["CREDIT_CARD_EXPIRATION"];
    IBAN Financial [
        "BankAccountNumber-DE" "BankAccountNumber-ES" "BankAccountNumber-FR" "BankAccountNumber-GB"
        "BankAccountNumber-IT"
    ] [
        "AUSTRIA_BANK_ACCOUNT_NUMBER" "BELGIUM_BANK_ACCOUNT_NUMBER" "FRANCE_BANK_ACCOUNT_NUMBER"
        "GERMANY_BANK_ACCOUNT_NUMBER" "ITALY_BANK_ACCOUNT_NUMBER" "NETHERLANDS_BANK_ACCOUNT_NUMBER"
        "POLAND_BANK_ACCOUNT_NUMBER" "PORTUGAL_BANK_ACCOUNT_NUMBER" "SPAIN_BANK_ACCOUNT_NUMBER"
        "SWEDEN_BANK_ACCOUNT_NUMBER" "SWITZERLAND_BANK_ACCOUNT_NUMBER" "UK_BANK_ACCOUNT_NUMBER"
    ];
    BANK_ACCOUNT Financial ["BankAccountNumber-US"] ["BANK_ACCOUNT_NUMBER"];
    US_ROUTING_NUMBER Financial [] [];
    CRYPTO_WALLET Financial [] [];
    // Secrets.
    GENERIC_SECRET Secret [] ["HTTP_BASIC_AUTH_HEADER" "HTTP_COOKIE"];
    CONNECTION_STRING Secret [] [];
    PRIVATE_KEY Secret [
        "OpenSshPrivateKey" "PgpPrivateKey" "PkcsPrivateKey" "PuttyPrivateKey"
    ] [
        "OPENSSH_PRIVATE_KEY" "PGP_PRIVATE_KEY" "PKCS" "PUTTY_PRIVATE_KEY"
    ];
    JWT Secret [] ["JSON_WEB_TOKEN"];
    AWS_ACCESS_KEY_ID Secret [] [];
    AWS_SECRET_KEY Secret ["AwsSecretKey"] ["AWS_CREDENTIALS"];
    AWS_SESSION_TOKEN Secret [] [];
    AWS_PRESIGNED_URL Secret [] [];
    GITHUB_TOKEN Secret [] [];
    GITLAB_TOKEN Secret [] [];
    SLACK_TOKEN Secret [] [];
    SLACK_WEBHOOK Secret [] [];
    STRIPE_KEY Secret [] ["STRIPE_CREDENTIALS"];
    GOOGLE_API_KEY Secret [] ["GCP_API_KEY"];
    LLM_API_KEY Secret [] [];
    SENDGRID_KEY Secret [] [];
    NPM_TOKEN Secret [] [];
    PYPI_TOKEN Secret [] [];
}
