using System.Reflection;
using System.Reflection.Emit;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>What the code of a method names, read from its intermediate language.</summary>
internal static class CalledMethods
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(c => c.Value);

    /// <summary>All methods and constructors of an assembly, those of nested and generated types too.</summary>
    public static IEnumerable<MethodBase> In(Assembly assembly) =>
        assembly.GetTypes().SelectMany(t => t.GetMembers(Declared)).OfType<MethodBase>();

    /// <summary>The methods that a method calls or takes the address of, generic ones with their arguments.</summary>
    public static IEnumerable<MethodBase> Of(MethodBase method) => NamedBy(method).OfType<MethodBase>();

    /// <summary>The methods, fields and types that the code of a method names, generic ones with their arguments.</summary>
    public static IEnumerable<MemberInfo> NamedBy(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i < code.Length; )
        {
            OpCode op = code[i] == 0xFE ? Codes[(short)(0xFE00 | code[i + 1])] : Codes[code[i]];
            i += op.Size;
            if (op.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return Resolve(method, BitConverter.ToInt32(code, i));
            }

            i += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }

    /// <summary>The method as it is declared, without the arguments of generics.</summary>
    public static MethodBase Definition(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethod: true, IsGenericMethodDefinition: false } generic)
        {
            method = generic.GetGenericMethodDefinition();
        }

        return method.DeclaringType is { IsGenericType: true, IsGenericTypeDefinition: false } type
            ? type.GetGenericTypeDefinition().GetMembers(Declared).OfType<MethodBase>().First(m => m.MetadataToken == method.MetadataToken)
            : method;
    }

    private static MemberInfo Resolve(MethodBase method, int token)
    {
        Type[]? typeArguments = method.DeclaringType?.GetGenericArguments();
        Type[]? methodArguments = method is MethodInfo { IsGenericMethodDefinition: true } ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, typeArguments, methodArguments)!;
    }
}
