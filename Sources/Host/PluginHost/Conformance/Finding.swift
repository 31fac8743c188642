extension Conformance {
    /// What one check found.
    public struct Finding: Sendable, Equatable {
        /// What the plugin should do.
        public var name: String
        public var outcome: Outcome
        /// Something that is no fault, but may not be meant.
        public var note: String?

        /// How a check ended.
        public enum Outcome: Sendable, Equatable {
            case passed
            /// With the reason, in one sentence.
            case failed(String)
            /// An earlier check failed, on which this one may depend.
            case notRun
            /// The check does not fit the plugin or this host, for the reason.
            case skipped(String)
        }

        /// Why the plugin does not do it; nil: it does, or it was not asked.
        public var failure: String? {
            if case .failed(let reason) = outcome { reason } else { nil }
        }

        /// Why the check was skipped; nil: it was not.
        public var skipReason: String? {
            if case .skipped(let reason) = outcome { reason } else { nil }
        }
    }
}
