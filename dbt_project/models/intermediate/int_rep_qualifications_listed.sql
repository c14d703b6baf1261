-- Named as policies name them: case:top-hospital as it stands, any other name is a certificate.
select
    certifications.rep_id,
    jsonb_agg(
        distinct case
            when certifications.certificate ~ '^[a-z_]+:' then certifications.certificate
            else 'certificate:' || certifications.certificate
        end
    ) as qualifications
from {{ ref('stg_crm__certifications') }} as certifications
cross join {{ ref('stg_policy__runs') }} as runs
where
    certifications.certificate is not null
    and coalesce(certifications.valid_from, '-infinity') <= runs.as_of_date
    and coalesce(certifications.valid_to, 'infinity') >= runs.as_of_date
group by certifications.rep_id
