#if !NET9_0_OR_GREATER
namespace System.Runtime.CompilerServices;

/// <summary>What .NET 9 brings for the compiler; it goes by the name, so .NET 8's build has its own.</summary>
/// <param name="priority">Which overload wins.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property, Inherited = false)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    /// <summary>Which overload wins.</summary>
    public int Priority { get; } = priority;
}
#endif
