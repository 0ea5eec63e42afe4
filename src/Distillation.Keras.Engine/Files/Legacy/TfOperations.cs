using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// Functions of TensorFlow in graphs of tf.keras, <c>TFOpLambda</c> and <c>SlicingOpLambda</c>, in the form of Keras 3's operations.
/// </summary>
/// <remarks>Source: <c>tf_keras/src/layers/core/tf_op_layer.py</c>.</remarks>
internal static class TfOperations
{
    private const string Numpy = "numpy";
    private const string Nn = "nn";
    private const string Constant = "_CONSTANT_VALUE";

    // The function; module and class; the names of the arguments of a call but the first, in TensorFlow; options, in TensorFlow and Keras.
    private static readonly Dictionary<string, (string Part, string ClassName, string[] Others, (string Old, string New)[] Options)> Known =
        Table();

    /// <summary>Whether a layer is such a function.</summary>
    public static bool Is(JsonObject layer) => LegacyConfig.Text(layer["class_name"]) is "TFOpLambda" or "SlicingOpLambda";

    /// <summary>The operation with its uses.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="uses">What is taken off the numbers of uses.</param>
    /// <exception cref="NotSupportedException">The function is not known, or called in a way that Keras 3 does not know.</exception>
    public static JsonObject Convert(JsonObject layer, IReadOnlyDictionary<string, int> uses)
    {
        JsonObject config = layer["config"] as JsonObject ?? throw new ArgumentException("A function of TensorFlow has no configuration.");
        string function = LegacyConfig.Text(config["function"]) ?? string.Empty;
        string name = LegacyConfig.Text(config["name"]) ?? function;
        if (!Known.TryGetValue(function, out (string Part, string ClassName, string[] Others, (string Old, string New)[] Options) known))
        {
            throw new NotSupportedException(
                $"The layer '{name}' is TensorFlow's function '{function}', which is not read. Known are "
                    + $"{string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))}. Make the model with layers in its place."
            );
        }

        var options = new JsonObject { ["name"] = name };
        var nodes = new JsonArray();
        foreach (JsonNode? node in layer["inbound_nodes"] as JsonArray ?? [])
        {
            nodes.Add(Node(name, known.ClassName, known.Others, known.Options, node, options, uses));
        }

        return new JsonObject
        {
            ["module"] = $"keras.src.ops.{known.Part}",
            ["class_name"] = known.ClassName,
            ["config"] = options,
            ["registered_name"] = known.ClassName,
            ["name"] = name,
            ["inbound_nodes"] = nodes,
        };
    }

    private static JsonObject Node(
        string name,
        string className,
        string[] others,
        (string Old, string New)[] optionNames,
        JsonNode? node,
        JsonObject options,
        IReadOnlyDictionary<string, int> uses
    )
    {
        JsonArray references = node as JsonArray ?? throw Refusal(name, node);
        bool single = references.Count is 3 or 4 && LegacyConfig.Text(references[0]) is not null;
        JsonArray[] all = single ? [references] : [.. references.Select(r => r as JsonArray ?? throw Refusal(name, node))];
        if (all.Length == 0 || Array.Exists(all, r => r.Count < 3))
        {
            throw Refusal(name, node);
        }

        JsonNode?[] first = Array.ConvertAll(all, r => Argument(r, uses));
        bool takesList = className is "Concatenate" or "Stack";
        var args = new JsonArray(takesList ? new JsonArray(first) : first[0]);
        JsonObject given = (all[0].Count > 3 ? all[0][3] : null) as JsonObject ?? [];
        foreach (string other in others)
        {
            args.Add(Value(given[other], uses));
        }

        foreach ((string key, JsonNode? value) in given)
        {
            string? option = Array.Find(optionNames, o => o.Old == key).New;
            if (option is not null)
            {
                options[option] = Dtype(option, value);
            }
            else if (!others.Contains(key) && key != "name" && value is not null && value.ToJsonString() is not ("false" or "null"))
            {
                throw new NotSupportedException(
                    $"The layer '{name}' is called with the argument '{key}' of TensorFlow, {KerasSerializer.Shorten(value)}, which Keras "
                        + $"3 does not know of {className}."
                );
            }
        }

        return new JsonObject { ["args"] = args, ["kwargs"] = new JsonObject() };
    }

    private static JsonNode? Dtype(string option, JsonNode? value) =>
        option == "dtype" && LegacyConfig.Text(value) is string text ? text.Split('.')[^1] : value?.DeepClone();

    private static JsonNode? Argument(JsonArray reference, IReadOnlyDictionary<string, int> uses) =>
        LegacyConfig.Text(reference[0]) == Constant ? Value(reference[2], uses) : LegacyNodes.Tensor(reference, uses);

    private static JsonNode? Value(JsonNode? value, IReadOnlyDictionary<string, int> uses) =>
        value switch
        {
            JsonArray reference when LegacyNodes.IsReference(reference) => Argument(reference, uses),
            JsonArray list => new JsonArray([.. list.Select(v => Value(v, uses))]),
            JsonObject slice when slice.ContainsKey("start") && slice.ContainsKey("stop") => new JsonObject
            {
                ["class_name"] = "__slice__",
                ["config"] = slice.DeepClone(),
            },
            JsonObject o when LegacyConfig.Text(o["class_name"]) == "__ellipsis__" => new JsonObject
            {
                ["class_name"] = "__ellipsis__",
                ["config"] = new JsonObject(),
            },
            _ => value?.DeepClone(),
        };

    private static NotSupportedException Refusal(string name, JsonNode? node) =>
        new($"The use of the layer '{name}' is not in the form of tf.keras, but {KerasSerializer.Shorten(node)}.");

    private static Dictionary<string, (string Part, string ClassName, string[] Others, (string Old, string New)[] Options)> Table()
    {
        var table = new Dictionary<string, (string, string, string[], (string, string)[])>(StringComparer.Ordinal);
        foreach (
            (string functions, string className) in new[]
            {
                ("math.add __operators__.add", "Add"),
                ("math.subtract", "Subtract"),
                ("math.multiply", "Multiply"),
                ("math.divide math.truediv", "TrueDivide"),
                ("math.floordiv", "FloorDivide"),
                ("math.mod math.floormod", "Mod"),
                ("math.pow", "Power"),
                ("math.maximum", "Maximum"),
                ("math.minimum", "Minimum"),
                ("math.greater", "Greater"),
                ("math.greater_equal", "GreaterEqual"),
                ("math.less", "Less"),
                ("math.less_equal", "LessEqual"),
                ("math.equal __operators__.eq", "Equal"),
                ("math.not_equal __operators__.ne", "NotEqual"),
                ("math.logical_and", "LogicalAnd"),
                ("math.logical_or", "LogicalOr"),
            }
        )
        {
            Add(functions, Numpy, className, ["y"]);
        }

        Add("linalg.matmul", Numpy, "Matmul", ["b"]);
        Add("where", Numpy, "Where", ["x", "y"]);
        Add("__operators__.getitem", Numpy, "GetItem", ["slice_spec"]);
        foreach (
            (string functions, string part, string className) in new[]
            {
                ("math.negative", Numpy, "Negative"),
                ("math.abs", Numpy, "Absolute"),
                ("math.exp", Numpy, "Exp"),
                ("math.log", Numpy, "Log"),
                ("math.log1p", Numpy, "Log1p"),
                ("math.sqrt", Numpy, "Sqrt"),
                ("math.square", Numpy, "Square"),
                ("math.sign", Numpy, "Sign"),
                ("math.rsqrt", "math", "Rsqrt"),
                ("math.sin", Numpy, "Sin"),
                ("math.cos", Numpy, "Cos"),
                ("math.tanh nn.tanh", Numpy, "Tanh"),
                ("math.sigmoid nn.sigmoid", Nn, "Sigmoid"),
                ("math.logical_not", Numpy, "LogicalNot"),
                ("nn.relu", Nn, "Relu"),
                ("nn.relu6", Nn, "Relu6"),
                ("nn.elu", Nn, "Elu"),
                ("nn.selu", Nn, "Selu"),
                ("math.softplus nn.softplus", Nn, "Softplus"),
                ("nn.softsign", Nn, "Softsign"),
            }
        )
        {
            Add(functions, part, className, []);
        }

        (string, string)[] along = [("axis", "axis"), ("keepdims", "keepdims")];
        Add("math.reduce_sum", Numpy, "Sum", [], along);
        Add("math.reduce_mean", Numpy, "Mean", [], along);
        Add("math.reduce_max", Numpy, "Amax", [], along);
        Add("math.reduce_min", Numpy, "Amin", [], along);
        Add("math.reduce_any", Numpy, "Any", [], along);
        Add("math.reduce_all", Numpy, "All", [], along);
        Add("nn.softmax", Nn, "Softmax", [], ("axis", "axis"));
        Add("nn.log_softmax", Nn, "LogSoftmax", [], ("axis", "axis"));
        Add("concat", Numpy, "Concatenate", [], ("axis", "axis"));
        Add("stack", Numpy, "Stack", [], ("axis", "axis"));
        Add("expand_dims", Numpy, "ExpandDims", [], ("axis", "axis"));
        Add("squeeze", Numpy, "Squeeze", [], ("axis", "axis"));
        Add("reshape", Numpy, "Reshape", [], ("shape", "newshape"));
        Add("transpose", Numpy, "Transpose", [], ("perm", "axes"));
        Add("clip_by_value", Numpy, "Clip", [], ("clip_value_min", "x_min"), ("clip_value_max", "x_max"));
        Add("cast", "core", "Cast", [], ("dtype", "dtype"));
        Add("split", Numpy, "Split", [], ("num_or_size_splits", "indices_or_sections"), ("axis", "axis"));
        Add("one_hot", Nn, "OneHot", [], ("depth", "num_classes"), ("axis", "axis"), ("dtype", "dtype"));
        return table;

        void Add(string functions, string part, string className, string[] others, params (string, string)[] options)
        {
            foreach (string function in functions.Split(' '))
            {
                table[function] = (part, className, others, options);
            }
        }
    }
}
