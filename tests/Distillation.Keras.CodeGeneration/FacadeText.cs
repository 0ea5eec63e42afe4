using System.Globalization;
using System.Reflection;
using System.Text;
using Distillation.Keras.Metrics;

namespace Distillation.Keras.CodeGeneration;

/// <summary>A source file of the facade as it grows.</summary>
internal sealed class FacadeText
{
    private const int Width = 140;

    private readonly StringBuilder _text = new();
    private readonly CSharpNames _names = new();

    /// <summary>The number of a member's <c>[OverloadResolutionPriority]</c>; null where it has none.</summary>
    public static int? PriorityOf(MethodBase member) =>
        (int?)
            member
                .CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "OverloadResolutionPriorityAttribute")
                ?.ConstructorArguments[0]
                .Value;

    /// <summary>The whole file.</summary>
    /// <param name="space">Its namespace.</param>
    public string File(string space)
    {
        string usings = string.Concat(_names.Usings.Select(u => $"using {u};\n"));
        return $"{usings}{(usings.Length == 0 ? "" : "\n")}namespace {space};\n\n{_text}}}\n";
    }

    /// <summary>Imports a namespace.</summary>
    public void Use(string space) => _names.Usings.Add(space);

    /// <summary>Writes the beginning of a class.</summary>
    public void Begin(string text) => _text.Append(text);

    /// <summary>Writes the beginning of a module's class.</summary>
    public void BeginModule(string className, string summary) =>
        Begin(
            $$"""
            /// <summary>{{summary}}</summary>
            /// <remarks>
            /// Immutable and thread-safe. It has no logic of its own: parameters, defaults and errors are those of the classes.
            /// </remarks>
            public sealed class {{className}}
            {
                internal {{className}}()
                {
                }

            """
        );

    /// <summary>Writes a property that holds a module.</summary>
    public void Property(string summary, string type, string name) =>
        _text.Append(
            CultureInfo.InvariantCulture,
            $"\n    /// <summary>{summary}</summary>\n    public {type} {name} {{ get; }} = new();\n"
        );

    /// <summary>Writes a method that makes an object.</summary>
    public void Constructor(string name, ConstructorInfo constructor)
    {
        string type = _names.Of(constructor.DeclaringType!);
        Attributes($"{type}.{constructor.DeclaringType!.Name}", constructor);
        Declaration($"public {type} {name}", constructor.GetParameters().Select(_names.Parameter), " =>");
        Call("        ", "new", constructor);
    }

    /// <summary>Writes a method that calls a static one.</summary>
    public void Function(string name, MethodInfo function)
    {
        string called = $"{_names.Of(function.DeclaringType!)}.{function.Name}";
        Attributes(called, function);
        Declaration($"public {_names.Of(function.ReturnParameter)} {name}", function.GetParameters().Select(_names.Parameter), " =>");
        Call("        ", called, function);
    }

    /// <summary>Writes an extension method that calls a method of an object. Editors do not offer it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="on">The class, which may have the method from its base.</param>
    /// <param name="method">The method.</param>
    public void Extension(string name, Type on, MethodInfo method)
    {
        Type declaring = method.DeclaringType!;
        string type = _names.Of(on);
        string declared = declaring.IsGenericType ? _names.Cref(declaring.GetGenericTypeDefinition()) : _names.Of(declaring);
        string receiver =
            typeof(Model).IsAssignableFrom(on) ? "model"
            : typeof(Metric).IsAssignableFrom(on) ? "metric"
            : "layer";
        Use("System.ComponentModel");
        Attributes($"{declared}.{method.Name}", method, "EditorBrowsable(EditorBrowsableState.Never)");
        Declaration(
            $"public static {_names.Of(method.ReturnParameter)} {name}",
            method.GetParameters().Select(_names.Parameter).Prepend($"this {type} {receiver}"),
            "\n    {"
        );
        _text.Append(CultureInfo.InvariantCulture, $"        ArgumentNullException.ThrowIfNull({receiver});\n");
        Call(method.ReturnType == typeof(void) ? "        " : "        return ", $"{receiver}.{method.Name}", method);
        _text.Append("    }\n");
    }

    private void Attributes(string cref, MethodBase member, params string[] attributes)
    {
        _text.Append(
            CultureInfo.InvariantCulture,
            $"\n    /// <inheritdoc "
                + $"cref=\"{cref}({string.Join(", ", member.GetParameters().Select(p => _names.Cref(p.ParameterType)))})\"/>\n"
        );
        if (PriorityOf(member) is int priority)
        {
            Use("System.Runtime.CompilerServices");
            attributes = [.. attributes, $"OverloadResolutionPriority({priority.ToString(CultureInfo.InvariantCulture)})"];
        }

        foreach (string attribute in attributes)
        {
            _text.Append(CultureInfo.InvariantCulture, $"    [{attribute}]\n");
        }
    }

    private void Declaration(string start, IEnumerable<string> parameters, string end)
    {
        string list = string.Join(", ", parameters);
        bool isShort = list.Length < 90;
        _text.Append(
            CultureInfo.InvariantCulture,
            $"    {start}({(isShort ? "" : "\n        ")}{(isShort ? list : string.Join(",\n        ", parameters))}){end}\n"
        );
    }

    // All parameters are handed on, but for the one that only marks an overload.
    private void Call(string start, string called, MethodBase member)
    {
        string[] arguments =
        [
            .. member.GetParameters().Where(p => p.ParameterType != typeof(ReadOnlySpan<CSharpOnly>)).Select(p => p.Name!),
        ];
        string line = $"{start}{called}({string.Join(", ", arguments)});";
        if (line.Length <= Width)
        {
            _text.Append(line).Append('\n');
            return;
        }

        const string Indentation = "            ";
        _text.Append(start).Append(called).Append('(');
        int column = Width;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i] + (i < arguments.Length - 1 ? "," : ");\n");
            bool fits = column + 1 + argument.Length <= Width;
            _text.Append(fits ? " " : "\n" + Indentation).Append(argument);
            column = (fits ? column + 1 : Indentation.Length) + argument.Length;
        }
    }
}
