// The host's modules see errors for the user and the system below them as one vocabulary.
@_exported public import System
