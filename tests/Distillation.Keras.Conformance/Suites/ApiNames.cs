using System.Reflection;
using System.Text;
using Distillation.Keras.Facade;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Where Keras' public names are in this library: <c>keras.layers.Dense</c> is <c>Distillation.Keras.Layers.Dense</c>.</summary>
public static class ApiNames
{
    private static readonly Type[] Public =
    [
        .. ((Assembly[])[typeof(KerasObject).Assembly, Assembly.Load("Distillation.Keras")])
            .Distinct()
            .SelectMany(a => a.GetExportedTypes()),
    ];

    /// <summary>The class of Keras' name, or null.</summary>
    public static Type? FindClass(string name)
    {
        string[] parts = name.Split('.');
        string nested = string.Join('.', parts[1..^1].Select(Pascal));
        string space = nested.Length == 0 ? "Distillation.Keras" : $"Distillation.Keras.{nested}";
        return Array.Find(Public, t => KerasName(t) == parts[^1] && t.Namespace == space)
            ?? Array.Find(Public, t => KerasName(t) == parts[^1] && t.Namespace == "Distillation.Keras");
    }

    /// <summary>
    /// The static methods that may be Keras' function: <c>keras.activations.relu</c> is <c>Activations.Relu</c>,
    /// <c>keras.utils.to_categorical</c> is
    /// <c>ToCategorical</c> of a class in the namespace <c>Utils</c>, <c>keras.datasets.mnist.load_data</c> is
    /// <c>Datasets.Mnist.LoadData</c>; else a method of the facade.
    /// </summary>
    public static MethodInfo[] FindFunctions(string name)
    {
        string[] parts = name.Split('.');
        string method = Pascal(parts[^1]);
        string[] modules = [.. parts[1..^1].Select(Pascal)];
        string space = modules.Length == 0 ? "Distillation.Keras" : $"Distillation.Keras.{string.Join('.', modules)}";
        string stem = modules.Length == 1 ? Singular(modules[0]) : "";
        MethodInfo[] found =
        [
            .. Public
                .Where(t =>
                    t.Namespace == space
                    || t.FullName == space
                    || (t.Namespace == "Distillation.Keras" && stem.Length > 0 && t.Name.StartsWith(stem, StringComparison.Ordinal))
                )
                .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public))
                .Where(m => m.Name == method),
        ];
        return found.Length > 0 ? found : FacadeMethods(parts);
    }

    // keras.models.load_model is KerasApi.keras.models.load_model.
    private static MethodInfo[] FacadeMethods(string[] parts)
    {
        Type? module = typeof(KerasModule);
        foreach (string part in parts[1..^1])
        {
            module = module?.GetProperty(part)?.PropertyType;
        }

        return [.. (module?.GetMethods() ?? []).Where(m => m.Name == parts[^1])];
    }

    /// <summary>Whether there is a public class of that name (<c>Model</c>), or a public member (<c>Model.Load</c>).</summary>
    public static bool Exists(string name)
    {
        string member = name[(name.LastIndexOf('.') + 1)..];
        string type = name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : "";
        return Array.Exists(Public, t => Written(t) == name || (Written(t) == type && t.GetMember(member).Length > 0));
    }

    // Datasets.Mnist is a class in another one, and a generic class is written without its parameters.
    private static string Written(Type type) => (type.DeclaringType is Type outer ? $"{outer.Name}." : "") + type.Name.Split('`')[0];

    /// <summary>The methods of a class that may be Keras' method.</summary>
    public static MethodInfo[] Methods(Type type, string name)
    {
        string method = name == "__call__" ? "Call" : Pascal(name);
        return
        [
            .. type.GetMethods(
                    BindingFlags.Static
                        | BindingFlags.Instance
                        | BindingFlags.Public
                        | BindingFlags.NonPublic
                        | BindingFlags.FlattenHierarchy
                )
                .Where(m => m.Name == method && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly)),
        ];
    }

    /// <summary><c>to_categorical</c> becomes <c>ToCategorical</c>.</summary>
    public static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        bool upper = true;
        foreach (char c in name)
        {
            if (c != '_')
            {
                text.Append(upper ? char.ToUpperInvariant(c) : c);
            }

            upper = c == '_';
        }

        return text.ToString();
    }

    private static string KerasName(Type type) =>
        type.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "KerasNameAttribute")
            is { ConstructorArguments: [{ Value: string name }, ..] }
            ? name
            : type.Name;

    private static string Singular(string module) =>
        module switch
        {
            "Losses" => "Loss",
            _ when module.EndsWith('s') => module[..^1],
            _ => module,
        };
}
