import MoonrailCore

extension JetStreamEngine: StoreMaintenance {
    package func backUp(to path: String) async throws(EngineError) -> BackupSummary {
        throw .unsupported(
            "backups of what is on NATS are the broker's: use 'nats account backup DIRECTORY'")
    }

    package func check() async throws(EngineError) -> StoreReport {
        throw .unsupported(
            "checks of what is on NATS are the broker's: use 'nats server check jetstream'")
    }

    package func size() async throws(EngineError) -> StoreSize {
        do throws(BrokerFault) {
            let account = try await jetStream.account()
            return StoreSize(store: account.storage + account.memory, log: 0)
        } catch {
            throw EngineError(error, "looking at the account")
        }
    }
}
