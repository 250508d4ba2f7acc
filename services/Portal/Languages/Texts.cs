namespace Fidelity.Portal.Languages;

/// <summary>
/// Names the texts of the pages: <c>Texts.resx</c> in English, and <c>Texts.sv.resx</c> and so on, one file a language.
/// </summary>
public sealed class Texts;
