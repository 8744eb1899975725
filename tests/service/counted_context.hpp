// SPDX-License-Identifier: Apache-2.0
// What a command asks of the store, counted: an answer of many rows counts as many. For tests of costs, which no clock disturbs.
#pragma once

#include "service/writer.hpp"

namespace chayan::service::testing {

class CountedContext final : public WriteContext, private storage::Connection, private storage::Registry, private storage::LinkBook {
public:
    explicit CountedContext(WriteContext& kept) : kept_(kept) {}
    std::size_t asked = 0;   ///< seeks and rows
    std::size_t opened = 0;  ///< registrations in full

    storage::Connection& store() override { return *this; }
    domain::Instant now() const override { return kept_.now(); }
    const Directory& directory() const override { return kept_.directory(); }
    Directory& edit_directory() override { return kept_.edit_directory(); }
    domain::People& edit_people() override { return kept_.edit_people(); }
    domain::Sites& edit_sites() override { return kept_.edit_sites(); }
    void audit(AuditEntry entry) override { kept_.audit(std::move(entry)); }
    domain::RegistrationId next_registration() override { return kept_.next_registration(); }
    domain::PersonNo next_person() override { return kept_.next_person(); }
    ScanOutcome take(const ScanIntake& scan) override { return kept_.take(scan); }
    bool void_scan(const domain::ScanKey& key) override { return kept_.void_scan(key); }
    bool is_scanned(domain::RegistrationId one, domain::Instant since) const override { return kept_.is_scanned(one, since); }
    void touch(domain::PersonNo person) override { kept_.touch(person); }

private:
    template <class T>
    T counted(T answer) {
        asked += 1 + answer.size();
        return answer;
    }

    storage::ScanLog& scans() override { return kept_.store().scans(); }
    storage::Registry& registry() override { return *this; }
    storage::LinkBook& links() override { return *this; }
    storage::SiteBook& sites() override { return kept_.store().sites(); }
    storage::StaffBook& staff() override { return kept_.store().staff(); }
    storage::Desk& desk() override { return kept_.store().desk(); }
    storage::FormBook& forms() override { return kept_.store().forms(); }
    storage::LedgerBook& ledger() override { return kept_.store().ledger(); }
    storage::RegisterBook& registers() override { return kept_.store().registers(); }
    storage::TallyBook& tally() override { return kept_.store().tally(); }
    storage::ReportBook& reports() override { return kept_.store().reports(); }
    storage::CameraBook& cameras() override { return kept_.store().cameras(); }
    storage::OutingBook& outings() override { return kept_.store().outings(); }
    storage::RetentionBook& retention() override { return kept_.store().retention(); }
    storage::AuditLog& audit() override { return kept_.store().audit(); }
    bool attempt(const std::function<bool()>& body) override { return kept_.store().attempt(body); }
    storage::Census census() override { return kept_.store().census(); }
    void skip_to(const storage::Sequences& floors) override { kept_.store().skip_to(floors); }

    storage::Registry& kept_registry() { return kept_.store().registry(); }
    void append(const storage::RegistrationRow& row) override { kept_registry().append(row); }
    std::uint64_t append(const storage::PersonEvent& event) override { return kept_registry().append(event); }
    void append(const storage::VehicleRow& row) override { kept_registry().append(row); }
    void put_roster_ref(const storage::Blind& ref, domain::RegistrationId one) override { kept_registry().put_roster_ref(ref, one); }
    void revoke(const storage::Revocation& row) override { kept_registry().revoke(row); }
    std::optional<storage::RegistrationRow> registration(domain::RegistrationId id) override {
        ++asked;
        ++opened;
        return kept_registry().registration(id);
    }
    std::vector<storage::RegistrationRow> with_document(const storage::Blind& document) override { return counted(kept_registry().with_document(document)); }
    std::vector<storage::RegistrationRow> with_phone(const storage::Blind& phone) override { return counted(kept_registry().with_phone(phone)); }
    std::vector<storage::RegistrationRow> with_name(const storage::Blind& name) override { return counted(kept_registry().with_name(name)); }
    std::optional<storage::StatementPlace> next_statement(const storage::StatementQuery& query, const storage::StatementPlace& after) override {
        ++asked;
        return kept_registry().next_statement(query, after);
    }
    std::optional<domain::RegistrationId> roster_ref(const storage::Blind& ref) override { return kept_registry().roster_ref(ref); }
    std::optional<storage::VehicleRow> vehicle(const storage::Blind& plate) override { return kept_registry().vehicle(plate); }
    void read_placements(const std::function<void(std::span<const storage::Placement>)>& take) override { kept_registry().read_placements(take); }
    void read_registrations(const std::function<void(std::span<const storage::RegistrationRow>)>& take) override { kept_registry().read_registrations(take); }
    void read_vehicles(const std::function<void(const storage::VehicleRow&)>& take) override { kept_registry().read_vehicles(take); }
    std::vector<storage::PersonEvent> person_events() override { return counted(kept_registry().person_events()); }
    std::optional<storage::PersonEvent> person_event(std::uint64_t seq) override { return kept_registry().person_event(seq); }
    std::vector<storage::Revocation> revocations() override { return kept_registry().revocations(); }
    domain::RegistrationId last_registration() override { return kept_registry().last_registration(); }
    domain::PersonNo last_person() override { return kept_registry().last_person(); }
    domain::VehicleId last_vehicle() override { return kept_registry().last_vehicle(); }

    storage::LinkBook& kept_links() { return kept_.store().links(); }
    void append(const storage::LinkKey& key, const storage::StatementPlace& place) override { kept_links().append(key, place); }
    bool has_keys() override { return kept_links().has_keys(); }
    std::vector<storage::StatementPlace> with_key(const storage::LinkKey& key, std::size_t count) override { return counted(kept_links().with_key(key, count)); }
    std::vector<storage::StatementPlace> placed_with_key(const storage::LinkKey& key, domain::PersonNo person, std::size_t count) override {
        return counted(kept_links().placed_with_key(key, person, count));
    }
    std::vector<storage::StatementPlace> names_with_document(const storage::Blind& document, std::size_t count) override {
        return counted(kept_links().names_with_document(document, count));
    }
    std::vector<storage::StatementPlace> names_with_phone(const storage::Blind& phone, std::size_t count) override { return counted(kept_links().names_with_phone(phone, count)); }
    std::size_t count_with_name(const storage::Blind& name, std::size_t most) override {
        ++asked;
        return kept_links().count_with_name(name, most);
    }
    void put(const storage::ReviewRow& row) override { kept_links().put(row); }
    std::optional<storage::ReviewRow> review(const storage::Blind& id) override { return kept_links().review(id); }
    std::optional<storage::ReviewRow> review_of(domain::RegistrationId a, domain::RegistrationId b) override {
        ++asked;
        return kept_links().review_of(a, b);
    }
    std::vector<storage::ReviewRow> reviews(storage::ReviewState state) override { return counted(kept_links().reviews(state)); }
    std::vector<storage::ReviewRow> reviews_with(domain::RegistrationId one) override { return counted(kept_links().reviews_with(one)); }
    std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> open_conflicts() override { return counted(kept_links().open_conflicts()); }
    std::uint64_t conflict_changes() const override { return kept_.store().links().conflict_changes(); }
    void put(const storage::VerificationRow& row) override { kept_links().put(row); }
    std::optional<storage::VerificationRow> verification(domain::RegistrationId of) override { return kept_links().verification(of); }
    std::vector<storage::VerificationRow> verifications() override { return counted(kept_links().verifications()); }

    WriteContext& kept_;
};

}  // namespace chayan::service::testing
