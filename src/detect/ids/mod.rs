//! Numbers of states, employers and insurers: what each looks like and how it checks itself.

mod americas;
mod asia;
mod check;
mod compact;
mod europe;

pub(super) use check::{luhn, mod97};
pub(super) use compact::Compact;

use super::kind::Kind;
use super::kinds::{
    AR_CUIT, AR_DNI, AR_SUBE, AT_SOCIAL_INSURANCE, AU_ABN, AU_MEDICARE, AU_TFN, BE_NATIONAL_NUMBER, BG_EGN, BR_CNPJ,
    BR_CPF, BR_RG, CA_HEALTH_NUMBER, CA_PERMANENT_RESIDENCE, CA_SIN, CH_AHV, CL_RUT, CN_RESIDENT_ID, CO_CEDULA, CO_NIT,
    CZ_BIRTH_NUMBER, DE_SOCIAL_INSURANCE, DE_TAX_ID, DK_CPR, ES_DNI, ES_NIE, ES_SSN, EU_HEALTH_CARD, FI_HETU, FR_NIR,
    FR_TAX_ID, GR_AFM, HK_ID, HR_OIB, HU_TAX_ID, ID_NIK, IE_PPS, IL_ID, IN_AADHAAR, IN_GSTIN, IN_PAN, IN_VOTER_ID,
    IT_CODICE_FISCALE, IT_PARTITA_IVA, JP_MY_NUMBER, KR_RRN, LT_LV_EE_PERSONAL_CODE, MEDICAL_DEVICE_UDI, MX_CURP,
    MX_RFC, MY_NRIC, NL_BSN, NO_FODSELSNUMMER, NZ_IRD, PL_NIP, PL_PESEL, PT_NIF, RO_CNP, SE_PERSONNUMMER, SG_NRIC,
    SI_EMSO, TH_ID, TR_TCKN, TW_ID, UK_ELECTORAL_ROLL, UK_NHS, UK_NINO, UK_UTR, US_DEA, US_EIN, US_HCPCS, US_HICN,
    US_ITIN, US_MBI, US_NDC, US_NPI, US_SSN, ZA_ID,
};

/// How well a value fits an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Check {
    No,
    /// The right form; its check digit is wrong or there is none.
    Shaped,
    /// The check digit is right, or the form is one that nothing else has.
    Proven,
}

impl Check {
    fn proven_if(valid: bool) -> Self {
        if valid { Self::Proven } else { Self::No }
    }

    fn shaped_if(valid: bool) -> Self {
        if valid { Self::Shaped } else { Self::No }
    }

    fn proven_or_shaped(shaped: bool, valid: bool) -> Self {
        match (shaped, valid) {
            (false, _) => Self::No,
            (true, false) => Self::Shaped,
            (true, true) => Self::Proven,
        }
    }
}

type Validator = fn(&Compact) -> Check;

/// In the order in which they are tried where a key only says that there is some identifier: the least likely to fit by
/// chance first, as far as they are met under such keys. The rest is only told under a key of its own.
const VALIDATORS: [(&Kind, Validator); 78] = [
    (IT_CODICE_FISCALE, europe::it_codice_fiscale),
    (MX_CURP, americas::mx_curp),
    (CN_RESIDENT_ID, asia::cn_resident),
    (UK_NINO, europe::uk_nino),
    (IN_PAN, asia::in_pan),
    (IN_GSTIN, asia::in_gstin),
    (SG_NRIC, asia::sg_nric),
    (TW_ID, asia::tw_id),
    (ES_NIE, europe::es_nie),
    (ES_DNI, europe::es_dni),
    (FI_HETU, europe::fi_hetu),
    (US_MBI, americas::us_mbi),
    (MX_RFC, americas::mx_rfc),
    (IE_PPS, europe::ie_pps),
    (FR_NIR, europe::fr_nir),
    (US_ITIN, americas::us_itin),
    (US_SSN, americas::us_ssn),
    (BR_CPF, americas::br_cpf),
    (BR_CNPJ, americas::br_cnpj),
    (TR_TCKN, asia::tr_tckn),
    (BE_NATIONAL_NUMBER, europe::be_national),
    (NO_FODSELSNUMMER, europe::no_fodselsnummer),
    (ES_SSN, europe::es_ssn),
    (CH_AHV, europe::ch_ahv),
    (PL_PESEL, europe::pl_pesel),
    (DE_TAX_ID, europe::de_tax),
    (LT_LV_EE_PERSONAL_CODE, europe::baltic),
    (AR_CUIT, americas::ar_cuit),
    (HR_OIB, europe::hr_oib),
    (KR_RRN, asia::kr_rrn),
    (ZA_ID, asia::za_id),
    (RO_CNP, europe::ro_cnp),
    (SI_EMSO, europe::si_emso),
    (TH_ID, asia::th_id),
    (IN_AADHAAR, asia::in_aadhaar),
    (JP_MY_NUMBER, asia::jp_my_number),
    (MY_NRIC, asia::my_nric),
    (SE_PERSONNUMMER, europe::se_personnummer),
    (CZ_BIRTH_NUMBER, europe::cz_birth),
    (UK_NHS, europe::uk_nhs),
    (DK_CPR, europe::dk_cpr),
    (BG_EGN, europe::bg_egn),
    (PL_NIP, europe::pl_nip),
    (CA_SIN, americas::ca_sin),
    (NL_BSN, europe::nl_bsn),
    (AU_TFN, asia::au_tfn),
    (PT_NIF, europe::pt_nif),
    (CL_RUT, americas::cl_rut),
    (AU_ABN, asia::au_abn),
    (AU_MEDICARE, asia::au_medicare),
    (FR_TAX_ID, europe::fr_tax),
    (UK_UTR, europe::uk_utr),
    (US_DEA, americas::us_dea),
    (HU_TAX_ID, europe::hu_tax),
    (GR_AFM, europe::gr_afm),
    (IL_ID, asia::il_id),
    (CO_NIT, americas::co_nit),
    (US_NPI, americas::us_npi),
    (IT_PARTITA_IVA, europe::it_partita_iva),
    (AT_SOCIAL_INSURANCE, europe::at_social_insurance),
    (DE_SOCIAL_INSURANCE, europe::de_social_insurance),
    (US_HICN, americas::us_hicn),
    (IN_VOTER_ID, asia::in_voter),
    (HK_ID, asia::hk_id),
    (ID_NIK, asia::id_nik),
    (US_EIN, americas::us_ein),
    (NZ_IRD, asia::nz_ird),
    (AR_DNI, americas::ar_dni),
    (CO_CEDULA, americas::co_cedula),
    (BR_RG, americas::br_rg),
    (AR_SUBE, americas::ar_sube),
    (CA_HEALTH_NUMBER, americas::ca_health),
    (CA_PERMANENT_RESIDENCE, americas::ca_permanent_residence),
    (EU_HEALTH_CARD, europe::eu_health_card),
    (UK_ELECTORAL_ROLL, europe::uk_electoral_roll),
    (US_NDC, americas::us_ndc),
    (US_HCPCS, americas::us_hcpcs),
    (MEDICAL_DEVICE_UDI, udi),
];

/// A GS1 element string: the application identifier 01 and a GTIN of fourteen digits.
fn udi(id: &Compact) -> Check {
    Check::shaped_if(id.len() >= 14 && id.bytes()[..14].iter().all(u8::is_ascii_digit))
}

/// How well `id` fits `kind`.
pub(super) fn check(kind: &Kind, id: &Compact) -> Check {
    VALIDATORS.iter().find(|(other, _)| *other == kind).map_or(Check::No, |(_, validator)| validator(id))
}

/// The identifier that `id` is, where nothing says which.
pub(super) fn guess(id: &Compact) -> Option<&'static Kind> {
    let of_own_key = VALIDATORS.iter().position(|(kind, _)| *kind == AU_ABN).unwrap_or(VALIDATORS.len());
    VALIDATORS[..of_own_key].iter().find(|(_, validator)| validator(id) == Check::Proven).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::{Check, Compact, check, guess};
    use crate::detect::kind::Kind;

    /// Specimens and worked examples from the pages that the validators name, and from the issuing bodies' samples.
    #[test]
    fn published_numbers_check() {
        for (id, value) in [
            ("US_SSN", "536-90-4399"),
            ("US_ITIN", "912-70-1234"),
            ("US_NPI", "1234567893"),
            ("US_DEA", "AB1234563"),
            ("US_MBI", "1EG4-TE5-MK73"),
            ("CA_SIN", "130 692 544"),
            ("BR_CPF", "111.444.777-35"),
            ("BR_CNPJ", "11.222.333/0001-81"),
            ("MX_CURP", "HEGG560427MVZRRL04"),
            ("AR_CUIT", "20-12345678-6"),
            ("CL_RUT", "12.345.678-5"),
            ("UK_NHS", "943 476 5919"),
            ("UK_NINO", "AB 12 34 56 C"),
            ("FR_NIR", "2 55 08 14 168 025 38"),
            ("ES_DNI", "12345678Z"),
            ("ES_NIE", "X1234567L"),
            ("IT_CODICE_FISCALE", "RSSMRA85T10A562S"),
            ("NL_BSN", "111222333"),
            ("BE_NATIONAL_NUMBER", "85.07.30-033.28"),
            ("DE_TAX_ID", "86 095 742 719"),
            ("CH_AHV", "756.9217.0769.85"),
            ("IE_PPS", "1234567T"),
            ("PL_PESEL", "44051401359"),
            ("SE_PERSONNUMMER", "811218-9876"),
            ("FI_HETU", "131052-308T"),
            ("NO_FODSELSNUMMER", "01010750160"),
            ("DK_CPR", "070761-4285"),
            ("TR_TCKN", "10000000146"),
            ("HR_OIB", "33392005961"),
            ("IN_AADHAAR", "2341 2341 2346"),
            ("IN_PAN", "ABCPE1234F"),
            ("AU_TFN", "123 456 782"),
            ("AU_ABN", "51 824 753 556"),
            ("SG_NRIC", "S1234567D"),
            ("JP_MY_NUMBER", "1234 5678 9018"),
            ("CN_RESIDENT_ID", "11010519491231002X"),
            ("TW_ID", "A123456789"),
            ("TH_ID", "1-2345-67890-12-1"),
            ("ZA_ID", "8001015009087"),
        ] {
            let kind = Kind::named(id).next().unwrap();
            let compact = Compact::of(value).unwrap();
            assert_eq!(check(kind, &compact), Check::Proven, "{id} {value}");
        }
    }

    #[test]
    fn a_number_without_a_name_is_guessed_by_its_check() {
        let guessed = |value: &str| guess(&Compact::of(value).unwrap()).map(|kind| kind.id);
        assert_eq!(guessed("RSSMRA85T10A562S"), Some("IT_CODICE_FISCALE"));
        assert_eq!(guessed("111.444.777-35"), Some("BR_CPF"));
        assert_eq!(guessed("1234567890123456789"), None);
        assert!(Compact::of("a@b").is_none());
    }
}
