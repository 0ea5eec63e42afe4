return Distillation.Keras.Soak.SoakProgram.Run(args, Console.Out, Console.Error);
