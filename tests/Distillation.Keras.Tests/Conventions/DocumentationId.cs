using System.Reflection;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The names of methods as XML documentation and the analyzer of banned symbols write them.</summary>
internal static class DocumentationId
{
    /// <summary>Such as <c>M:TorchSharp.torch.Tensor.add(TorchSharp.torch.Tensor)</c>.</summary>
    public static string Of(MethodBase method)
    {
        string name = method.IsConstructor ? "#ctor" : method.Name;
        string arity = method.IsGenericMethodDefinition ? $"``{method.GetGenericArguments().Length}" : string.Empty;
        ParameterInfo[] parameters = method.GetParameters();
        string list = parameters.Length == 0 ? string.Empty : $"({string.Join(',', parameters.Select(p => Of(p.ParameterType)))})";
        string result = name is "op_Implicit" or "op_Explicit" ? $"~{Of(((MethodInfo)method).ReturnType)}" : string.Empty;
        return $"M:{Plain(method.DeclaringType!)}.{name}{arity}{list}{result}";
    }

    private static string Of(Type type) =>
        type switch
        {
            { IsByRef: true } => $"{Of(type.GetElementType()!)}@",
            { IsArray: true } => $"{Of(type.GetElementType()!)}["
                + $"{string.Join(',', Enumerable.Repeat("0:", type.GetArrayRank() > 1 ? type.GetArrayRank() : 0))}]",
            { IsGenericMethodParameter: true } => $"``{type.GenericParameterPosition}",
            { IsGenericParameter: true } => $"`{type.GenericParameterPosition}",
            { IsGenericType: true } =>
                $"{Plain(type.GetGenericTypeDefinition()).Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(Of))}}}",
            _ => Plain(type),
        };

    private static string Plain(Type type) => type.FullName!.Replace('+', '.');
}
