namespace Distillation.Keras;

/// <summary>
/// Marks an overload that only C# sees, by a last parameter <c>params ReadOnlySpan&lt;CSharpOnly&gt;</c>. There are no objects of it, and
/// the parameter is left out.
/// </summary>
/// <remarks>
/// F# takes such a parameter for one that must be given, so that a call has the other overload alone to fit. Only then does it know the
/// type of a list's elements before it looks at them, which <c>[ CategoricalAccuracy(); AUC() ]</c> needs. See
/// <c>docs/decisions/0019-one-face-for-two-languages.md</c>.
/// </remarks>
public sealed class CSharpOnly
{
    private CSharpOnly() { }
}
