"""The rules that need code, by family; rules that are data are in the folder `rules/` of YAML.

`BUILTIN` is the one table: a rule exists when it stands here or in a YAML file.
"""

from __future__ import annotations

from ftlint.rule import Rule
from ftlint.rules.answer import (
    ToolCallIdDuplicate,
    ToolContentNotString,
    ToolIdMismatch,
    ToolOrphan,
    ToolUnanswered,
)
from ftlint.rules.argument import ToolArgumentsSchema, ToolsAbsent, ToolUndeclared
from ftlint.rules.call import (
    ContentAndToolCalls,
    FunctionCallDeprecated,
    ToolArgumentsDoubleEncoded,
    ToolArgumentsJson,
    ToolArgumentsNotObject,
    ToolArgumentsType,
    ToolCallIdMistral,
    ToolCallShape,
)
from ftlint.rules.content import (
    ContentEmpty,
    ContentMissing,
    ContentNull,
    ContentType,
    RefusalType,
)
from ftlint.rules.declaration import (
    FunctionsDeprecated,
    FunctionsEmpty,
    ParallelToolCallsType,
    ToolDeclarationShape,
    ToolDeclaredDuplicate,
    ToolsNotList,
)
from ftlint.rules.file import (
    FileBom,
    FileEmpty,
    FileExtension,
    FileJsonArray,
    FileNotUtf8,
    FileTooLarge,
    MinExamples,
)
from ftlint.rules.instruction import RepeatedInstructions
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
from ftlint.rules.model import ModelClosing, ModelRetired
from ftlint.rules.name import NameFormat
from ftlint.rules.part import ImageScheme, PartShape, PartType
from ftlint.rules.record import (
    MessageNotObject,
    MessagesShape,
    MissingMessages,
    UnknownTopLevelKey,
)
from ftlint.rules.role import DeveloperRole, RoleInvalid, RoleMissing
from ftlint.rules.schema import ToolSchemaInvalid
from ftlint.rules.shape import MethodMismatch, MixedFormats
from ftlint.rules.template import ChatTemplateDropsText, ChatTemplateFails
from ftlint.rules.token import (
    AnswerFullyTruncated,
    EmptyTrainingSignal,
    TokenNearLimit,
    TokenOverrun,
)
from ftlint.rules.toxicity import ToxicAnswer, ToxicShare
from ftlint.rules.turn import (
    ConsecutiveRoles,
    DuplicateMessage,
    LastNotAssistant,
    NoAssistant,
    NoUser,
    SystemNotFirst,
)
from ftlint.rules.weight import WeightAllZero, WeightRole, WeightValue

BUILTIN: tuple[type[Rule], ...] = (
    FileNotUtf8,
    FileBom,
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
    TokenOverrun,
    AnswerFullyTruncated,
    TokenNearLimit,
    EmptyTrainingSignal,
    RepeatedInstructions,
    ModelRetired,
    ModelClosing,
    ChatTemplateFails,
    ChatTemplateDropsText,
    ToxicAnswer,
    ToxicShare,
)
"""Every built-in rule that is a class, in the order of the codes."""
