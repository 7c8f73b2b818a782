"""The rules that need code, by family; rules that are data are in the folder `rules/` of YAML.

`BUILTIN` is the one table: a rule exists when it stands here or in a YAML file.
"""

from __future__ import annotations

from ftlint.rule import Rule
from ftlint.rules.account import Iban, NationalId, PaymentCard
from ftlint.rules.answer import (
    ToolCallIdDuplicate,
    ToolContentNotString,
    ToolIdMismatch,
    ToolOrphan,
    ToolUnanswered,
)
from ftlint.rules.argument import ToolArgumentsSchema, ToolsAbsent, ToolUndeclared
from ftlint.rules.balance import (
    DominantAnswer,
    LabelImbalance,
    LabelSplitGap,
    LabelVariant,
    RareLabel,
)
from ftlint.rules.bias import GenderedProfession, IdentityAssociation
from ftlint.rules.budget import OverBudget
from ftlint.rules.call import (
    FunctionCallDeprecated,
    ToolArgumentsDoubleEncoded,
    ToolArgumentsJson,
    ToolArgumentsNotObject,
    ToolArgumentsType,
    ToolCallShape,
)
from ftlint.rules.character import (
    BidirectionalControl,
    ControlCharacter,
    InvisibleCharacter,
    Mojibake,
)
from ftlint.rules.completion import (
    CompletionLong,
    CompletionPrefixCommon,
    CompletionSpace,
    CompletionStopMissing,
    FewCompletions,
    MostlyCapitals,
    PromptPrefixCommon,
    PromptSeparatorMissing,
    SeparatorInside,
)
from ftlint.rules.conflict import ConflictingAnswers, ConflictingLabels, SeveralAnswers
from ftlint.rules.contamination import BenchmarkContamination
from ftlint.rules.content import ContentEmpty, ContentMissing, ContentNull, ContentType, RefusalType
from ftlint.rules.counterpart import CounterfactualInconsistency, NameOutcomeGap
from ftlint.rules.declaration import (
    FunctionsDeprecated,
    FunctionsEmpty,
    ParallelToolCallsType,
    ToolDeclarationShape,
    ToolDeclaredDuplicate,
    ToolsNotList,
)
from ftlint.rules.demand import (
    FirstNotUser,
    ReservedText,
    RoleNotTaken,
    SeveralSystems,
    ToolUndescribed,
)
from ftlint.rules.diversity import (
    LowDiversity,
    QuestionTypeConcentration,
    RepeatedOpening,
    TopicConcentration,
    UniformSentences,
)
from ftlint.rules.drift import LanguageDrift, SplitDrift
from ftlint.rules.duplicate import ExactDuplicate, NearDuplicate, NormalisedDuplicate
from ftlint.rules.ending import CodeFenceUnbalanced, TruncatedAnswer, UnfinishedAnswer
from ftlint.rules.field import (
    FieldBlank,
    FieldMissing,
    FieldType,
    FieldUnknown,
    FieldWord,
    TurnsOutOfOrder,
)
from ftlint.rules.file import (
    FileBom,
    FileCrlf,
    FileEmpty,
    FileExtension,
    FileJsonArray,
    FileNotUtf8,
    FileTooLarge,
    MinExamples,
)
from ftlint.rules.form import EdgeWhitespace, JsonAnswerInvalid, MissingInput
from ftlint.rules.image import ImageData, ImageLimit
from ftlint.rules.instruction import RepeatedInstructions
from ftlint.rules.language import (
    AnswerLanguageMismatch,
    LanguageMix,
    UnexpectedLanguage,
    ValidationLanguageMissing,
)
from ftlint.rules.leakage import (
    AnswerLeakage,
    NearLeakage,
    PrefixLeakage,
    PromptLeakage,
    SplitLeakage,
)
from ftlint.rules.length import LengthOutlier, ShortAnswer, SingleTurnShare, TurnOutlier
from ftlint.rules.line import (
    JsonDuplicateKey,
    JsonLoneSurrogate,
    JsonNan,
    JsonNumberOverflow,
    JsonTooDeep,
    LineBlank,
    LineInvalidJson,
    LineNotObject,
    LineNotUtf8,
    LineTooLong,
)
from ftlint.rules.member import FunctionNameMissing, UnknownMessageKey
from ftlint.rules.mistral import ContentAndToolCalls, ToolCallIdMistral
from ftlint.rules.model import ModelClosing, ModelRetired
from ftlint.rules.name import NameFormat
from ftlint.rules.outcome import OutcomeGap
from ftlint.rules.part import ImageScheme, PartShape, PartType
from ftlint.rules.preference import (
    IdenticalOutputs,
    OutputEmpty,
    PreferenceImage,
    PreferenceInputAnswered,
    PreferenceOutputShape,
)
from ftlint.rules.privacy import EmailAddress, PhoneNumber
from ftlint.rules.prompt import NearConflictingAnswers
from ftlint.rules.record import MessageNotObject, MessagesShape, MissingMessages, UnknownTopLevelKey
from ftlint.rules.refusal import OverRefusal, RefusalShare
from ftlint.rules.reinforcement import (
    GraderFieldMissing,
    PromptAnswered,
    ReferenceConstant,
    ReferenceInconsistent,
    ReferenceMissing,
)
from ftlint.rules.repetition import AnswerRepeatsQuestion, RepetitionLoop
from ftlint.rules.representation import RepresentationSkew
from ftlint.rules.role import DeveloperRole, RoleInvalid, RoleMissing
from ftlint.rules.schema import ToolSchemaInvalid
from ftlint.rules.secret import ApiKey, PasswordInAddress, PrivateKey
from ftlint.rules.semantic import SemanticDuplicate
from ftlint.rules.shape import MethodMismatch, MixedFormats, ShapeUnknown
from ftlint.rules.suppression import SuppressionExpired, SuppressionUnused
from ftlint.rules.system import SystemPromptDrift, SystemPromptMissing
from ftlint.rules.taken import MaxExamples, RecordRefused, UnevenKeys
from ftlint.rules.template import ChatTemplateDropsText, ChatTemplateFails
from ftlint.rules.token import (
    AnswerFullyTruncated,
    EmptyTrainingSignal,
    TokenNearLimit,
    TokenOverrun,
)
from ftlint.rules.tooling import ToolAlwaysCalled, ToolNeverCalled
from ftlint.rules.toxicity import ToxicAnswer, ToxicShare, ToxicSystemPrompt
from ftlint.rules.toxiclabel import (
    IdentityAttack,
    IdentityDrivenToxicity,
    SevereToxicity,
    SexualContent,
    Threat,
    ToxicRequestAnswered,
    VeryToxicAnswer,
)
from ftlint.rules.toxicpair import ToxicPreferredOutput
from ftlint.rules.turn import (
    ConsecutiveRoles,
    DuplicateMessage,
    LastNotAssistant,
    NoAssistant,
    NoUser,
    SystemNotFirst,
)
from ftlint.rules.use import ToolUseMismatch
from ftlint.rules.weight import WeightAllZero, WeightRole, WeightValue

BUILTIN: tuple[type[Rule], ...] = (
    FileNotUtf8,
    FileBom,
    FileCrlf,
    FileEmpty,
    FileExtension,
    FileJsonArray,
    FileTooLarge,
    LineInvalidJson,
    LineNotObject,
    LineBlank,
    JsonDuplicateKey,
    JsonNan,
    JsonLoneSurrogate,
    JsonTooDeep,
    JsonNumberOverflow,
    LineTooLong,
    MinExamples,
    MixedFormats,
    MethodMismatch,
    LineNotUtf8,
    SuppressionExpired,
    SuppressionUnused,
    ShapeUnknown,
    FewCompletions,
    PromptSeparatorMissing,
    SeparatorInside,
    PromptPrefixCommon,
    CompletionPrefixCommon,
    CompletionStopMissing,
    CompletionSpace,
    MostlyCapitals,
    CompletionLong,
    MissingMessages,
    MessagesShape,
    UnknownTopLevelKey,
    ContentEmpty,
    MessageNotObject,
    RoleMissing,
    RoleInvalid,
    ContentMissing,
    ContentNull,
    ContentType,
    PartType,
    PartShape,
    ImageScheme,
    UnknownMessageKey,
    NameFormat,
    WeightValue,
    WeightRole,
    WeightAllZero,
    NoAssistant,
    LastNotAssistant,
    NoUser,
    ConsecutiveRoles,
    SystemNotFirst,
    DuplicateMessage,
    DeveloperRole,
    RefusalType,
    ParallelToolCallsType,
    FunctionNameMissing,
    ToolsNotList,
    ToolDeclarationShape,
    ToolDeclaredDuplicate,
    ToolSchemaInvalid,
    FunctionsDeprecated,
    FunctionsEmpty,
    ToolCallShape,
    ToolArgumentsType,
    ToolArgumentsJson,
    ToolArgumentsDoubleEncoded,
    ToolArgumentsNotObject,
    ToolArgumentsSchema,
    ToolUndeclared,
    ToolsAbsent,
    ToolUnanswered,
    ToolOrphan,
    ToolIdMismatch,
    ToolCallIdDuplicate,
    ToolContentNotString,
    FunctionCallDeprecated,
    ToolCallIdMistral,
    ContentAndToolCalls,
    FieldMissing,
    FieldType,
    FieldUnknown,
    FieldWord,
    FieldBlank,
    TurnsOutOfOrder,
    PreferenceImage,
    IdenticalOutputs,
    PreferenceInputAnswered,
    PreferenceOutputShape,
    OutputEmpty,
    PromptAnswered,
    ReferenceMissing,
    GraderFieldMissing,
    ReferenceConstant,
    ReferenceInconsistent,
    ImageData,
    ImageLimit,
    RoleNotTaken,
    RecordRefused,
    FirstNotUser,
    SeveralSystems,
    MaxExamples,
    ReservedText,
    UnevenKeys,
    ToolUndescribed,
    ToolUseMismatch,
    TokenOverrun,
    AnswerFullyTruncated,
    TokenNearLimit,
    EmptyTrainingSignal,
    RepeatedInstructions,
    ModelRetired,
    ModelClosing,
    ChatTemplateFails,
    ChatTemplateDropsText,
    OverBudget,
    ExactDuplicate,
    NormalisedDuplicate,
    NearDuplicate,
    ConflictingLabels,
    ConflictingAnswers,
    SeveralAnswers,
    SplitLeakage,
    NearLeakage,
    PromptLeakage,
    PrefixLeakage,
    AnswerLeakage,
    NearConflictingAnswers,
    BenchmarkContamination,
    LanguageMix,
    AnswerLanguageMismatch,
    UnexpectedLanguage,
    ValidationLanguageMissing,
    SplitDrift,
    LanguageDrift,
    DominantAnswer,
    LabelImbalance,
    RareLabel,
    LabelSplitGap,
    LabelVariant,
    LengthOutlier,
    ShortAnswer,
    TurnOutlier,
    SingleTurnShare,
    RefusalShare,
    OverRefusal,
    SystemPromptDrift,
    SystemPromptMissing,
    ToolNeverCalled,
    ToolAlwaysCalled,
    LowDiversity,
    RepeatedOpening,
    UniformSentences,
    QuestionTypeConcentration,
    TopicConcentration,
    MissingInput,
    TruncatedAnswer,
    UnfinishedAnswer,
    RepetitionLoop,
    AnswerRepeatsQuestion,
    CodeFenceUnbalanced,
    JsonAnswerInvalid,
    EdgeWhitespace,
    Mojibake,
    ControlCharacter,
    InvisibleCharacter,
    BidirectionalControl,
    SemanticDuplicate,
    ToxicAnswer,
    VeryToxicAnswer,
    SevereToxicity,
    Threat,
    IdentityAttack,
    SexualContent,
    ToxicRequestAnswered,
    ToxicSystemPrompt,
    IdentityDrivenToxicity,
    ToxicShare,
    ToxicPreferredOutput,
    RepresentationSkew,
    IdentityAssociation,
    GenderedProfession,
    OutcomeGap,
    NameOutcomeGap,
    CounterfactualInconsistency,
    EmailAddress,
    PhoneNumber,
    PaymentCard,
    Iban,
    NationalId,
    ApiKey,
    PrivateKey,
    PasswordInAddress,
)
"""Every built-in rule that is a class, in the order of the codes."""
