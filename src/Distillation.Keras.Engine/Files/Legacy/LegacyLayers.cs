using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.Legacy;

/// <summary>Rewrites the configurations of layers that Keras 1 or 2 wrote.</summary>
internal static class LegacyLayers
{
    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["Model"] = "Functional",
        ["Convolution1D"] = "Conv1D",
        ["Convolution2D"] = "Conv2D",
        ["Convolution3D"] = "Conv3D",
        ["AtrousConvolution1D"] = "Conv1D",
        ["AtrousConvolution2D"] = "Conv2D",
        ["SeparableConvolution1D"] = "SeparableConv1D",
        ["SeparableConvolution2D"] = "SeparableConv2D",
        ["BatchNormalizationV1"] = "BatchNormalization",
        ["BatchNormalizationV2"] = "BatchNormalization",
        ["CuDNNLSTM"] = "LSTM",
        ["CuDNNGRU"] = "GRU",
    };

    // What says how a layer was computed, or what a later layer says: nothing of it is needed. Those with a value are left out with that
    // value only, so that another one is refused by name.
    private static readonly Dictionary<string, string?> Dropped = new(StringComparer.Ordinal)
    {
        ["batch_input_shape"] = null,
        ["input_dtype"] = null,
        ["input_dim:Dense"] = null,
        ["input_dim:Conv1D"] = null,
        ["input_shape"] = null,
        ["input_dim:LSTM"] = null,
        ["input_dim:GRU"] = null,
        ["input_dim:SimpleRNN"] = null,
        ["input_length"] = null,
        ["implementation"] = null,
        ["consume_less"] = null,
        ["time_major"] = "false",
        ["unit_forget_bias:GRU"] = null,
        ["reverse_state_order"] = "false",
        ["groups:DepthwiseConv2D"] = "1",
        ["groups:DepthwiseConv1D"] = "1",
        ["groups:Conv1DTranspose"] = "1",
        ["groups:Conv2DTranspose"] = "1",
        ["dropout:Embedding"] = "0.0",
        ["groups:Conv3DTranspose"] = "1",
        ["groups:SeparableConv1D"] = "1",
        ["groups:SeparableConv2D"] = "1",
        ["kernel_initializer:SeparableConv1D"] = null,
        ["kernel_initializer:SeparableConv2D"] = null,
        ["kernel_regularizer:SeparableConv1D"] = null,
        ["kernel_regularizer:SeparableConv2D"] = null,
        ["kernel_constraint:SeparableConv1D"] = null,
        ["kernel_constraint:SeparableConv2D"] = null,
        ["mode:BatchNormalization"] = "0",
        ["virtual_batch_size"] = "null",
        ["adjustment"] = "null",
        ["fused"] = null,
        ["noise_shape"] = "null",
        ["weights"] = "null",
        ["query_shape:MultiHeadAttention"] = null,
        ["key_shape:MultiHeadAttention"] = null,
        ["value_shape:MultiHeadAttention"] = null,
        ["softmax_robust_masking:MultiHeadAttention"] = null,
        ["causal:Attention"] = "false",
        ["causal:AdditiveAttention"] = "false",
        ["sparse"] = "false",
        ["ragged"] = "false",
    };

    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["batch_input_shape:InputLayer"] = "batch_shape",
        ["input_dtype:InputLayer"] = "dtype",
        ["alpha:LeakyReLU"] = "negative_slope",
        ["nb_filter"] = "filters",
        ["border_mode"] = "padding",
        ["subsample"] = "strides",
        ["subsample_length"] = "strides",
        ["filter_length"] = "kernel_size",
        ["dim_ordering"] = "data_format",
        ["atrous_rate"] = "dilation_rate",
        ["output_dim:Dense"] = "units",
        ["output_dim:LSTM"] = "units",
        ["output_dim:GRU"] = "units",
        ["output_dim:SimpleRNN"] = "units",
        ["inner_init"] = "recurrent_initializer",
        ["inner_activation"] = "recurrent_activation",
        ["U_regularizer"] = "recurrent_regularizer",
        ["dropout_W"] = "dropout",
        ["dropout_U"] = "recurrent_dropout",
        ["forget_bias_init"] = "unit_forget_bias",
        ["p:Dropout"] = "rate",
        ["p:SpatialDropout1D"] = "rate",
        ["p:SpatialDropout2D"] = "rate",
        ["p:SpatialDropout3D"] = "rate",
        ["p:GaussianDropout"] = "rate",
        ["sigma:GaussianNoise"] = "stddev",
        ["bias"] = "use_bias",
        ["init:PReLU"] = "alpha_initializer",
        ["init:Embedding"] = "embeddings_initializer",
        ["W_regularizer:Embedding"] = "embeddings_regularizer",
        ["W_constraint:Embedding"] = "embeddings_constraint",
        ["init:SeparableConv2D"] = "depthwise_initializer",
        ["init"] = "kernel_initializer",
        ["W_regularizer"] = "kernel_regularizer",
        ["b_regularizer"] = "bias_regularizer",
        ["W_constraint"] = "kernel_constraint",
        ["b_constraint"] = "bias_constraint",
        ["pool_length"] = "pool_size",
        ["stride:MaxPooling1D"] = "strides",
        ["stride:AveragePooling1D"] = "strides",
        ["length:UpSampling1D"] = "size",
    };

    private static readonly Dictionary<string, string> Merges = new(StringComparer.Ordinal)
    {
        ["sum"] = "Add",
        ["mul"] = "Multiply",
        ["ave"] = "Average",
        ["max"] = "Maximum",
        ["concat"] = "Concatenate",
    };

    /// <summary>The name of a class in Keras 3.</summary>
    public static string ClassName(string name)
    {
        string own = name.StartsWith("Custom>", StringComparison.Ordinal) ? name["Custom>".Length..] : name;
        return Classes.GetValueOrDefault(own, own);
    }

    /// <summary>A layer in the form of Keras 3.</summary>
    public static JsonObject Convert(JsonObject node)
    {
        string className = ClassName(LegacyConfig.Text(node["class_name"]) ?? string.Empty);
        JsonObject old =
            node["config"] as JsonObject ?? throw new ArgumentException($"The layer {className} has no configuration, which is an object.");
        if (className == "Merge")
        {
            return Merge(old, node);
        }

        var config = new JsonObject();
        foreach ((string key, JsonNode? value) in old)
        {
            if (IsDropped(className, key, value))
            {
                continue;
            }

            string name = Renamed.GetValueOrDefault($"{key}:{className}") ?? Renamed.GetValueOrDefault(key) ?? key;
            config[name] = Value(className, name, value);
        }

        Gather(config, "kernel_size", "nb_row", "nb_col");
        Gather(config, "kernel_size", "kernel_dim1", "kernel_dim2", "kernel_dim3");
        Within(config);
        if (LegacyConfig.Text(node["class_name"]) is "GRU" or "GRUCell" && !config.ContainsKey("reset_after"))
        {
            // Versions that do not have it yet.
            config["reset_after"] = false;
        }

        return LegacyConfig.Of(className, config, node);
    }

    /// <summary>The name of a type or policy, as text or in the form of an object; float32 where there is none.</summary>
    public static string TypeName(JsonNode? dtype) =>
        LegacyConfig.Text(dtype) ?? LegacyConfig.Text(((dtype as JsonObject)?["config"] as JsonObject)?["name"]) ?? "float32";

    private static bool IsDropped(string className, string key, JsonNode? value)
    {
        if (className == "InputLayer")
        {
            return key is "sparse" or "ragged" or "optional" && value?.ToJsonString() is null or "false";
        }

        bool isListed = Dropped.TryGetValue($"{key}:{className}", out string? only) || Dropped.TryGetValue(key, out only);
        return isListed && (only is null || (value?.ToJsonString() ?? "null") == only);
    }

    private static JsonNode? Value(string className, string key, JsonNode? value) =>
        key switch
        {
            "dtype" => JsonValue.Create(TypeName(value)),
            "data_format" => LegacyConfig.Text(value) switch
            {
                "tf" => "channels_last",
                "th" => "channels_first",
                _ => value?.DeepClone(),
            },
            "unit_forget_bias" when LegacyConfig.Text(value) is string first => JsonValue.Create(first is "one" or "ones"),
            "axis" when className == "BatchNormalization" && value is JsonArray { Count: 1 } axes => axes[0]?.DeepClone(),

            // One number stood for both ends there, and stands for the upper one in Keras 3.
            "factor" when className == "RandomContrast" && value is JsonValue => new JsonArray(value.DeepClone(), value.DeepClone()),

            // TensorFlow.js has null for the size that follows from the others.
            "target_shape" when value is JsonArray sizes => new JsonArray([.. sizes.Select(s => s?.DeepClone() ?? JsonValue.Create(-1))]),
            _ when key.EndsWith("activation", StringComparison.Ordinal) && value is JsonObject o && !ConfigReader.IsClass(o, "function") =>
                LegacyConfig.Layer(o),
            _ when key.EndsWith("_initializer", StringComparison.Ordinal) => LegacyObjects.Initializer(value),
            _ when key.EndsWith("_regularizer", StringComparison.Ordinal) => LegacyObjects.Regularizer(value),
            _ when key.EndsWith("_constraint", StringComparison.Ordinal) => LegacyObjects.Constraint(value),
            _ => value?.DeepClone(),
        };

    // Layers in a layer.
    private static void Within(JsonObject config)
    {
        foreach (string key in (string[])["layer", "backward_layer", "cell"])
        {
            if (config[key] is JsonObject inner && inner.ContainsKey("class_name"))
            {
                config[key] = LegacyConfig.Layer(inner);
            }
        }

        if (config["cells"] is JsonArray cells)
        {
            config["cells"] = new JsonArray([.. LegacyConfig.Objects(cells, "a cell").Select(LegacyConfig.Layer)]);
        }
    }

    // One size an axis, of which Keras 1 has each under a name of its own.
    private static void Gather(JsonObject config, string key, params string[] parts)
    {
        if (Array.TrueForAll(parts, config.ContainsKey))
        {
            config[key] = new JsonArray([.. parts.Select(p => config[p]?.DeepClone())]);
            Array.ForEach(parts, p => config.Remove(p));
        }
    }

    private static JsonObject Merge(JsonObject old, JsonObject node)
    {
        string mode = LegacyConfig.Text(old["mode"]) ?? string.Empty;
        if (!Merges.TryGetValue(mode, out string? className))
        {
            throw new NotSupportedException(
                $"The layer 'Merge' of Keras 1 is read with the modes {string.Join(", ", Merges.Keys)}, but has the mode '{mode}'."
            );
        }

        var config = new JsonObject { ["name"] = old["name"]?.DeepClone() };
        if (mode == "concat")
        {
            config["axis"] = old["concat_axis"]?.DeepClone();
        }

        return LegacyConfig.Of(className, config, node);
    }
}
